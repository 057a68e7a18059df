import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The implementation protocol over standard input and output: can stay as it is.
 *
 * <p>As much JSON as the protocol's requests need, so that the adapter depends on nothing but the library.
 */
final class Wire {
    static final int REJECTED = 1;
    static final int UNSUPPORTED = 2;
    static final int DEFECT = -32603;

    /** A method: parameters in, the octets of the result's field out. */
    interface Method {
        byte[] call(Params params) throws Exception;
    }

    /** The parameters of a request; one that was not sent is null. */
    static final class Params {
        private final Map<?, ?> members;

        Params(Map<?, ?> members) {
            this.members = members;
        }

        byte[] octets(String name) {
            Object value = members.get(name);
            return value == null ? null : Base64.getUrlDecoder().decode((String) value);
        }

        Long integer(String name) {
            return (Long) members.get(name);
        }
    }

    /** Answer each line until standard input ends. */
    static void serve(
            String description, Map<String, Method> methods, Map<String, String> fields, ToIntFunction<Throwable> codeOf)
            throws Exception {
        PrintStream output = new PrintStream(System.out, false, StandardCharsets.UTF_8.name());
        System.setOut(System.err); // standard output belongs to the protocol
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            Object id = null;
            String body;
            try {
                Map<?, ?> request = (Map<?, ?>) new Wire(line).value();
                id = request.get("id");
                String method = (String) request.get("method");
                if ("describe".equals(method)) {
                    body = "\"result\":" + description;
                } else if (!methods.containsKey(method)) {
                    body = error(-32601, "method not found", "{}");
                } else {
                    Object params = request.get("params");
                    Map<?, ?> members = params instanceof Map ? (Map<?, ?>) params : Map.of();
                    byte[] octets = methods.get(method).call(new Params(members));
                    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
                    body = "\"result\":{\"" + fields.get(method) + "\":\"" + text + "\"}";
                }
            } catch (Throwable thrown) {
                String message = String.valueOf(thrown.getMessage());
                String data = "{\"exception\":" + quote(thrown.getClass().getSimpleName())
                        + ",\"stage_native\":" + quote(message) + "}";
                body = error(codeOf.applyAsInt(thrown), message, data);
            }
            String named = id instanceof String ? quote((String) id) : String.valueOf(id);
            output.print("{\"jsonrpc\":\"2.0\",\"id\":" + named + "," + body + "}\n");
            output.flush();
        }
    }

    private static String error(int code, String message, String data) {
        return "\"error\":{\"code\":" + code + ",\"message\":" + quote(message) + ",\"data\":" + data + "}";
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append(character);
            } else if (character < ' ' || character > '~') {
                quoted.append(String.format("\\u%04x", (int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }

    private final String text;
    private int at;

    private Wire(String text) {
        this.text = text;
    }

    private char peek() {
        while (at < text.length() && text.charAt(at) <= ' ') at++;
        if (at == text.length()) throw new IllegalArgumentException("not JSON: it ends too soon");
        return text.charAt(at);
    }

    private boolean take(char wanted) {
        if (peek() != wanted) return false;
        at++;
        return true;
    }

    private void expect(char wanted) {
        if (!take(wanted)) throw new IllegalArgumentException("not JSON at character " + at);
    }

    private Object value() {
        switch (peek()) {
            case '"':
                return string();
            case '{': {
                Map<String, Object> members = new HashMap<>();
                expect('{');
                while (peek() != '}') {
                    String name = string();
                    expect(':');
                    members.put(name, value());
                    if (!take(',')) break;
                }
                expect('}');
                return members;
            }
            case '[': {
                List<Object> values = new ArrayList<>();
                expect('[');
                while (peek() != ']') {
                    values.add(value());
                    if (!take(',')) break;
                }
                expect(']');
                return values;
            }
            default:
                return word();
        }
    }

    private Object word() {
        int start = at;
        while (at < text.length() && ",]}: ".indexOf(text.charAt(at)) < 0) at++;
        String word = text.substring(start, at);
        if (word.equals("null")) return null;
        if (word.equals("true") || word.equals("false")) return word.equals("true");
        if (word.matches("-?[0-9]+")) return Long.valueOf(word);
        return Double.valueOf(word);
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        expect('"');
        while (text.charAt(at) != '"') {
            char character = text.charAt(at++);
            if (character == '\\') {
                character = text.charAt(at++);
                int escape = "bfnrt".indexOf(character);
                if (escape >= 0) {
                    character = "\b\f\n\r\t".charAt(escape);
                } else if (character == 'u') {
                    character = (char) Integer.parseInt(text.substring(at, at + 4), 16);
                    at += 4;
                }
            }
            string.append(character);
        }
        at++;
        return string.toString();
    }
}
