/* my-library behind Sealproof's implementation protocol, version 1. Fill it in, in four steps.
 *
 * Convert, and nothing else: check nothing here, so that what is seen is the library's own doing. */

#include "wire.h"

/* Step 1. Say what it is, and list under params only the optional parameters that the library honours: salt, rs, keyid
 * and pad to encrypt; chunk_size to decrypt. Take out a method that it does not have. No newlines in here. */
const char description[] =
    "{\"protocol\": 1, \"name\": \"my-library\", \"version\": \"0\", \"language\": \"C\", \"methods\": {"
    "\"aes128gcm.encrypt\": {\"params\": []}, "
    "\"aes128gcm.decrypt\": {\"params\": []}}}";

/* Step 2. The plaintext of a whole message, from the parameters ikm and message.
 *
 *     struct octets plaintext = new_octets(message->length);
 *     int status = my_library_decrypt(ikm->data, ikm->length, message->data, message->length,
 *                                     plaintext.data, &plaintext.length);
 *     return status == 0 ? accepted(plaintext) : failure(status, plaintext);
 */
struct answer decrypt(const struct params *params)
{
    const struct octets *ikm = &params->ikm, *message = &params->message;

    (void)ikm, (void)message;
    return refused(DEFECT, "decrypt is not implemented yet");
}

/* Step 3. The message for a plaintext, from ikm and plaintext. An optional parameter that was not sent: has_rs is 0,
 * and the same for salt, keyid and pad; leave the library its default then. */
struct answer encrypt(const struct params *params)
{
    const struct octets *ikm = &params->ikm, *plaintext = &params->plaintext;

    (void)ikm, (void)plaintext;
    return refused(DEFECT, "encrypt is not implemented yet");
}

/* Step 4. Tell the library's own, documented refusals from the rest:
 *
 *     static struct answer failure(int status, struct octets unused)
 *     {
 *         free(unused.data);
 *         if (status == MY_LIBRARY_TOO_LONG) return refused(UNSUPPORTED, "too long for it");   (skipped and counted)
 *         if (status > 0) return refused(REJECTED, my_library_strerror(status));
 *         return refused(DEFECT, my_library_strerror(status));                     (reported as a defect)
 *     }
 */
