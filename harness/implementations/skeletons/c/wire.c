/* The implementation protocol over standard input and output: can stay as it is.
 *
 * As much JSON as the protocol's requests need: members are found by their names, values are taken as they were
 * written. Names and base64url need no escapes, so none are undone. */

#define _POSIX_C_SOURCE 200809L

#include "wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct text {
    const char *start, *end;
};

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct octets new_octets(size_t length)
{
    struct octets octets = {malloc(length ? length : 1), length};

    if (!octets.data) abort();
    return octets;
}

struct answer accepted(struct octets octets)
{
    struct answer answer = {ACCEPTED, octets, ""};

    return answer;
}

struct answer refused(enum how how, const char *why)
{
    struct answer answer = {how, {NULL, 0}, why};

    return answer;
}

/* Reading */

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
    return at;
}

/* Past a string, from its opening quotation mark; NULL where it does not end. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') at++;
    return at < end ? at + 1 : NULL;
}

/* Past any value: what is nested is counted, not understood. */
static const char *skip_value(const char *at, const char *end)
{
    size_t depth = 0;

    do {
        at = skip_space(at, end);
        if (at == end) return NULL;
        if (*at == '"') {
            if (!(at = skip_string(at, end))) return NULL;
        } else if (*at == '{' || *at == '[') {
            depth++, at++;
        } else if (*at == '}' || *at == ']') {
            if (!depth--) return NULL;
            at++;
        } else if (*at == ',' || *at == ':') {
            if (!depth) return NULL;
            at++;
        } else {
            const char *word = at;

            while (at < end && *at && !strchr(" \t\r\n,:{}[]\"", *at)) at++;
            if (at == word) return NULL;
        }
    } while (depth);
    return at;
}

/* The value of a member of an object, as it was written; start is NULL where there is none. */
static struct text member(struct text object, const char *name)
{
    struct text none = {NULL, NULL};
    const char *at = skip_space(object.start, object.end), *end = object.end;

    if (!object.start || at == end || *at++ != '{') return none;
    for (;;) {
        struct text key, value;

        key.start = at = skip_space(at, end);
        if (at == end || *at != '"' || !(at = skip_string(at, end))) return none;
        key.end = at;
        at = skip_space(at, end);
        if (at == end || *at++ != ':') return none;
        value.start = skip_space(at, end);
        if (!(value.end = at = skip_value(at, end))) return none;
        if ((size_t)(key.end - key.start) == strlen(name) + 2 && !memcmp(key.start + 1, name, strlen(name)))
            return value;
        at = skip_space(at, end);
        if (at == end || *at++ != ',') return none;
    }
}

static int equals(struct text value, const char *string)
{
    return value.start && (size_t)(value.end - value.start) == strlen(string) + 2 && *value.start == '"'
        && !memcmp(value.start + 1, string, strlen(string));
}

/* 1 where the octets are there, 0 where they were not sent, -1 where they are not base64url. */
static int octets_of(struct text params, const char *name, struct octets *octets)
{
    struct text value = member(params, name);
    size_t length, place, bits = 0;
    unsigned char *out;

    *octets = new_octets(0);
    if (!value.start) return 0;
    if (*value.start != '"') return -1;
    length = (size_t)(value.end - value.start) - 2;
    free(octets->data);
    *octets = new_octets(length / 4 * 3 + (length % 4 ? length % 4 - 1 : 0));
    out = octets->data;
    for (place = 0; place < length; place++) {
        unsigned char character = (unsigned char)value.start[1 + place];
        const char *letter = character ? strchr(ALPHABET, character) : NULL;

        if (!letter) return -1;
        bits = (bits << 6 | (size_t)(letter - ALPHABET)) & 0xffffff;
        if (place % 4 == 1) *out++ = (unsigned char)(bits >> 4);
        if (place % 4 == 2) *out++ = (unsigned char)(bits >> 2);
        if (place % 4 == 3) *out++ = (unsigned char)bits;
    }
    return length % 4 == 1 ? -1 : 1;
}

static int integer_of(struct text params, const char *name, uint64_t *integer)
{
    struct text value = member(params, name);
    const char *at;

    *integer = 0;
    if (!value.start) return 0;
    for (at = value.start; at < value.end; at++) {
        if (*at < '0' || *at > '9' || *integer > (UINT64_MAX - 9) / 10) return -1;
        *integer = *integer * 10 + (uint64_t)(*at - '0');
    }
    return 1;
}

/* Answering */

static void write_string(FILE *output, const char *string)
{
    putc('"', output);
    for (; *string; string++) {
        unsigned char character = (unsigned char)*string;

        if (character == '"' || character == '\\') putc('\\', output);
        putc(character < ' ' || character > '~' ? '?' : character, output);
    }
    putc('"', output);
}

static void write_error(FILE *output, int code, const char *why)
{
    fprintf(output, "\"error\":{\"code\":%d,\"message\":", code);
    write_string(output, why);
    fputs(",\"data\":{\"stage_native\":", output);
    write_string(output, why);
    fputs("}}", output);
}

static void write_octets(FILE *output, const char *field, struct octets octets)
{
    size_t place;

    fprintf(output, "\"result\":{\"%s\":\"", field);
    for (place = 0; place < octets.length; place += 3) {
        size_t left = octets.length - place, digit;
        unsigned long bits = (unsigned long)octets.data[place] << 16;

        if (left > 1) bits |= (unsigned long)octets.data[place + 1] << 8;
        if (left > 2) bits |= octets.data[place + 2];
        for (digit = 0; digit < (left < 3 ? left + 1 : 4); digit++)
            putc(ALPHABET[bits >> (18 - 6 * digit) & 63], output);
    }
    fputs("\"}", output);
}

static void answer_call(FILE *output, struct text sent, int encrypting)
{
    struct params params;
    struct answer answer;
    int wrong = 0;

    wrong |= octets_of(sent, "ikm", &params.ikm) < 1;
    wrong |= octets_of(sent, "message", &params.message) < !encrypting;
    wrong |= octets_of(sent, "plaintext", &params.plaintext) < encrypting;
    wrong |= (params.has_salt = octets_of(sent, "salt", &params.salt)) < 0;
    wrong |= (params.has_keyid = octets_of(sent, "keyid", &params.keyid)) < 0;
    wrong |= (params.has_rs = integer_of(sent, "rs", &params.rs)) < 0;
    wrong |= (params.has_pad = integer_of(sent, "pad", &params.pad)) < 0;
    wrong |= (params.has_chunk_size = integer_of(sent, "chunk_size", &params.chunk_size)) < 0;
    if (wrong) {
        write_error(output, -32602, "a parameter is missing, or not what it should be");
    } else {
        answer = encrypting ? encrypt(&params) : decrypt(&params);
        if (answer.how == ACCEPTED)
            write_octets(output, encrypting ? "message" : "plaintext", answer.octets);
        else
            write_error(output, answer.how, answer.why);
        free(answer.octets.data);
    }
    free(params.ikm.data);
    free(params.message.data);
    free(params.plaintext.data);
    free(params.salt.data);
    free(params.keyid.data);
}

int main(void)
{
    /* Standard output belongs to the protocol: what the library prints goes to standard error. */
    FILE *output = fdopen(dup(1), "w");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    if (!output || dup2(2, 1) < 0) return 1;
    while ((length = getline(&line, &room, stdin)) > 0) {
        struct text request = {line, line + length};
        struct text id = member(request, "id"), method = member(request, "method");

        fputs("{\"jsonrpc\":\"2.0\",\"id\":", output);
        fprintf(output, "%.*s,", id.start ? (int)(id.end - id.start) : 4, id.start ? id.start : "null");
        if (!method.start)
            write_error(output, -32600, "not a request");
        else if (equals(method, "describe"))
            fprintf(output, "\"result\":%s", description);
        else if (equals(method, "aes128gcm.decrypt"))
            answer_call(output, member(request, "params"), 0);
        else if (equals(method, "aes128gcm.encrypt"))
            answer_call(output, member(request, "params"), 1);
        else
            write_error(output, -32601, "method not found");
        fputs("}\n", output);
        if (fflush(output)) break;
    }
    free(line);
    return 0;
}
