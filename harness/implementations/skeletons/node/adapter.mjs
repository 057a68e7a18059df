// my-library behind Sealproof's implementation protocol, version 1. Fill it in, in four steps.
//
// Convert, and nothing else: check nothing here, so that what is seen is the library's own doing.

class Rejected extends Error {} // the library refused, by its own documented error
class Unsupported extends Error {} // the library cannot be asked for this: the case is skipped and counted

// Step 1. Say what it is, and list under params only the optional parameters that the library honours:
// salt, rs, keyid and pad to encrypt; chunk_size to decrypt. Take out a method that it does not have.
const description = {
  protocol: 1,
  name: "my-library",
  version: "0",
  language: "JavaScript",
  methods: {
    "aes128gcm.encrypt": { params: [] },
    "aes128gcm.decrypt": { params: [] },
  },
};

// Step 2. The plaintext of a whole message. Octets come as Buffers and are returned as Buffers.
async function decrypt({ ikm, message }) {
  throw new Error("decrypt is not implemented yet"); // return { plaintext: await myLibrary.decrypt(message, ikm) };
}

// Step 3. The message for a plaintext. A parameter that was not sent is undefined: leave the library its default.
async function encrypt({ ikm, plaintext, salt, rs, keyid, pad }) {
  throw new Error("encrypt is not implemented yet"); // return { message: await myLibrary.encrypt(plaintext, ikm) };
}

// Step 4. Tell the library's own, documented errors from the rest. Any other exception (a TypeError, a RangeError)
// is reported as a defect, so do not take every Error for a refusal.
function errorOf(error) {
  const data = { exception: error?.constructor?.name ?? typeof error };
  const message = String(error?.message ?? error);
  if (error instanceof Rejected) return { code: 1, message, data: { ...data, stage_native: message } };
  if (error instanceof Unsupported) return { code: 2, message };
  return { code: -32603, message, data };
}

// What follows speaks the protocol and can stay as it is.

const methods = new Map([
  ["describe", () => description],
  ["aes128gcm.decrypt", decrypt],
  ["aes128gcm.encrypt", encrypt],
]);
const octets = new Set(["ikm", "message", "plaintext", "salt", "keyid"]);

async function answer(line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request.id ?? null;
    const method = methods.get(request.method);
    if (method === undefined) return { jsonrpc: "2.0", id, error: { code: -32601, message: "method not found" } };
    const params = {};
    for (const [name, value] of Object.entries(request.params ?? {})) {
      params[name] = octets.has(name) ? Buffer.from(value, "base64url") : value;
    }
    const result = {};
    for (const [name, value] of Object.entries(await method(params))) {
      result[name] = value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : value;
    }
    return { jsonrpc: "2.0", id, result };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: errorOf(error) };
  }
}

// Standard output belongs to the protocol: what the library logs goes to standard error.
console.log = console.info = console.debug = console.error;

let pending = [];
for await (const piece of process.stdin) {
  let start = 0;
  for (let end; (end = piece.indexOf(0x0a, start)) !== -1; start = end + 1) {
    const line = Buffer.concat([...pending, piece.subarray(start, end)]).toString();
    pending = [];
    if (line.trim() !== "") process.stdout.write(JSON.stringify(await answer(line)) + "\n");
  }
  pending.push(piece.subarray(start));
}
