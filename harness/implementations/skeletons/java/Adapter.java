import java.util.Map;

/**
 * my-library behind Sealproof's implementation protocol, version 1. Fill it in, in four steps.
 *
 * <p>Convert, and nothing else: check nothing here, so that what is seen is the library's own doing.
 */
public final class Adapter {
    /**
     * Step 1. Say what it is, and list under params only the optional parameters that the library honours: salt, rs,
     * keyid and pad to encrypt; chunk_size to decrypt. Take out a method that it does not have.
     */
    static final String DESCRIPTION =
            "{\"protocol\": 1, \"name\": \"my-library\", \"version\": \"0\", \"language\": \"Java\","
                    + " \"methods\": {"
                    + "\"aes128gcm.encrypt\": {\"params\": []},"
                    + "\"aes128gcm.decrypt\": {\"params\": []}}}";

    /** Step 2. The plaintext of a whole message. */
    static byte[] decrypt(Wire.Params params) throws Exception {
        byte[] ikm = params.octets("ikm");
        byte[] message = params.octets("message");
        // return myLibrary.decrypt(message, ikm);
        throw new UnsupportedOperationException("decrypt is not implemented yet");
    }

    /** Step 3. The message for a plaintext. An optional parameter that was not sent is null. */
    static byte[] encrypt(Wire.Params params) throws Exception {
        byte[] ikm = params.octets("ikm");
        byte[] plaintext = params.octets("plaintext");
        byte[] salt = params.octets("salt");
        Long rs = params.integer("rs");
        // return myLibrary.encrypt(plaintext, ikm);
        throw new UnsupportedOperationException("encrypt is not implemented yet");
    }

    /**
     * Step 4. Tell the library's own, documented errors from the rest: REJECTED for a refusal, UNSUPPORTED for what it
     * cannot be asked for (the case is skipped and counted). Anything else is a DEFECT and is reported as one.
     */
    static int codeOf(Throwable thrown) {
        // if (thrown instanceof MyLibraryException) return Wire.REJECTED;
        return Wire.DEFECT;
    }

    public static void main(String[] arguments) throws Exception {
        Wire.serve(
                DESCRIPTION,
                Map.of("aes128gcm.decrypt", Adapter::decrypt, "aes128gcm.encrypt", Adapter::encrypt),
                Map.of("aes128gcm.decrypt", "plaintext", "aes128gcm.encrypt", "message"),
                Adapter::codeOf);
    }
}
