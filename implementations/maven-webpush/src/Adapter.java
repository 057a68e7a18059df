import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import nl.martijndwars.webpush.Encoding;
import nl.martijndwars.webpush.HttpEce;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Puts HttpEce of web-push (Maven) behind the implementation protocol: JSON-RPC, one message a line, on stdin and
 * stdout.
 *
 * <p>The adapter converts, and nothing else: it checks neither what goes in nor what comes out, so that every
 * leniency and every defect that the harness sees is the library's.
 */
public final class Adapter {
    private static final int BATCH = 64;
    private static final Gson JSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    private static final Base64.Encoder TO_TEXT = Base64.getUrlEncoder().withoutPadding();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final HttpEce ECE = new HttpEce();

    /** What the adapter itself has to say, with its JSON-RPC code. */
    private static final class Fault extends RuntimeException {
        final int code;

        Fault(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err); // the library prints there when ECE_KEYLOG is set
        Security.addProvider(new BouncyCastleProvider());
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = requests.readLine()) != null; ) {
            if (!line.isBlank()) {
                answers.append(JSON.toJson(answerLine(line))).append('\n').flush();
            }
        }
    }

    private static JsonElement answerLine(String line) {
        JsonElement asked;
        try {
            asked = JsonParser.parseString(line);
        } catch (JsonParseException exception) {
            return errorAnswer(JsonNull.INSTANCE, -32700, "not JSON", null);
        }
        if (!asked.isJsonArray()) {
            return answer(asked);
        }
        JsonArray all = new JsonArray();
        asked.getAsJsonArray().forEach(request -> all.add(answer(request)));
        return all;
    }

    private static JsonObject answer(JsonElement message) {
        JsonElement id = JsonNull.INSTANCE;
        try {
            if (!message.isJsonObject() || !message.getAsJsonObject().has("method")) {
                throw new Fault(-32600, "not a JSON-RPC request");
            }
            JsonObject request = message.getAsJsonObject();
            id = request.has("id") ? request.get("id") : id;
            JsonElement params = request.has("params") ? request.get("params") : new JsonObject();
            if (!params.isJsonObject()) {
                throw new Fault(-32602, "params must be an object");
            }
            JsonObject answer = new JsonObject();
            answer.addProperty("jsonrpc", "2.0");
            answer.add("id", id);
            answer.add("result", call(request.get("method").getAsString(), params.getAsJsonObject()));
            return answer;
        } catch (Fault fault) {
            return errorAnswer(id, fault.code, fault.getMessage(), null);
        } catch (Throwable thrown) {
            return thrownAnswer(id, thrown);
        }
    }

    private static JsonObject call(String method, JsonObject params) throws GeneralSecurityException {
        switch (method) {
            case "describe":
                return describe();
            case "aes128gcm.encrypt":
                return encrypt(params);
            case "aes128gcm.decrypt":
                return decrypt(params);
            default:
                throw new Fault(-32601, "no method " + method);
        }
    }

    private static JsonObject describe() {
        return JsonParser.parseString("{'protocol': 1, 'name': 'web-push', 'version': '" + loadedVersion() + "',"
                + "'language': 'Java', 'homepage': 'https://github.com/web-push-libs/webpush-java',"
                + "'batch': " + BATCH + ", 'methods': {"
                + "'aes128gcm.encrypt': {'params': ['salt']}, 'aes128gcm.decrypt': {'params': []}}}")
                .getAsJsonObject();
    }

    /** The version in the name of the jar that HttpEce was loaded from; the manifest in the jar does not say. */
    private static String loadedVersion() {
        String jar = HttpEce.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        Matcher name = Pattern.compile("web-push-(.+)\\.jar$").matcher(jar);
        return name.find() ? name.group(1) : "unknown";
    }

    /** The salt is the caller's to make; where none is sent it is made as the library's PushService makes it. */
    private static JsonObject encrypt(JsonObject params) throws GeneralSecurityException {
        honoursOnly(params, "ikm", "plaintext", "salt");
        byte[] ikm = octets(params, "ikm");
        byte[] plaintext = octets(params, "plaintext");
        byte[] salt = new byte[16];
        if (params.has("salt")) {
            salt = octets(params, "salt");
        } else {
            RANDOM.nextBytes(salt);
        }
        byte[] message = ECE.encrypt(plaintext, salt, ikm, null, null, null, Encoding.AES128GCM);
        JsonObject result = new JsonObject();
        result.addProperty("message", TO_TEXT.encodeToString(message));
        return result;
    }

    private static JsonObject decrypt(JsonObject params) throws GeneralSecurityException {
        honoursOnly(params, "ikm", "message");
        byte[] ikm = octets(params, "ikm");
        byte[] message = octets(params, "message");
        byte[] plaintext;
        try {
            plaintext = ECE.decrypt(message, null, ikm, null, Encoding.AES128GCM);
        } catch (AEADBadTagException exception) {
            if (hasSeveralRecords(message)) {
                throw new Fault(2, "several records are not supported, as the documentation of HttpEce says");
            }
            throw exception;
        }
        JsonObject result = new JsonObject();
        result.addProperty("plaintext", TO_TEXT.encodeToString(plaintext));
        result.addProperty("keyid", TO_TEXT.encodeToString(ECE.parseHeader(message)[2]));
        return result;
    }

    /**
     * Whether the records do not end within rs octets. The library opens the whole as one record, so that the tag
     * of several never matches: that is the limit it documents, and says nothing about the rule that a case is for.
     */
    private static boolean hasSeveralRecords(byte[] message) {
        if (message.length < 21) {
            return false;
        }
        long rs = ByteBuffer.wrap(message).getInt(16) & 0xffffffffL;
        return rs >= 18 && message.length - 21 - (message[20] & 0xff) > rs;
    }

    /**
     * The library's interface: the GeneralSecurityExceptions that its methods declare, and the
     * IllegalArgumentException or IllegalStateException that HttpEce itself raises with a sentence. The same classes
     * thrown further down (Arrays.copyOfRange, an index) are no refusal but an escape.
     */
    private static JsonObject thrownAnswer(JsonElement id, Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        JsonObject data = new JsonObject();
        data.addProperty("exception", thrown.getClass().getName());
        StackTraceElement[] trace = thrown.getStackTrace();
        boolean own = trace.length > 0 && trace[0].getClassName().equals(HttpEce.class.getName())
                && (thrown instanceof IllegalArgumentException || thrown instanceof IllegalStateException);
        if (own && message.startsWith("An explicit key must be ")) {
            return errorAnswer(id, 2, message, data); // a limit of the library, said by itself
        }
        if (!own && !(thrown instanceof GeneralSecurityException)) {
            return errorAnswer(id, -32603, message, data);
        }
        data.addProperty("stage_native", own ? message : thrown.getClass().getSimpleName() + ": " + message);
        return errorAnswer(id, 1, message, data);
    }

    private static JsonObject errorAnswer(JsonElement id, int code, String message, JsonObject data) {
        JsonObject error = new JsonObject();
        error.addProperty("code", code);
        error.addProperty("message", message);
        if (data != null) {
            error.add("data", data);
        }
        JsonObject answer = new JsonObject();
        answer.addProperty("jsonrpc", "2.0");
        answer.add("id", id);
        answer.add("error", error);
        return answer;
    }

    private static byte[] octets(JsonObject params, String name) {
        try {
            return Base64.getUrlDecoder().decode(params.get(name).getAsString());
        } catch (NullPointerException | IllegalArgumentException | UnsupportedOperationException exception) {
            throw new Fault(-32602, name + " must be base64url text without padding");
        }
    }

    private static void honoursOnly(JsonObject params, String... names) {
        for (String name : params.keySet()) {
            if (!Arrays.asList(names).contains(name)) {
                throw new Fault(2, "the library has no way to set " + name);
            }
        }
    }
}
