// Puts @apeleghq/rfc8188 (npm) behind the implementation protocol: JSON-RPC, one message a line, on stdin and stdout.
//
// The adapter converts, and nothing else: it checks neither what goes in nor what comes out, so that every
// leniency and every defect that the harness sees is the library's.

import { readFileSync } from "node:fs";
import * as rfc8188 from "@apeleghq/rfc8188";

const BATCH = 64;
// The library has no default record size; this is the one most others have.
const RECORD_SIZE = 4096;
const { aes128gcm } = rfc8188.encodings;
const installed = JSON.parse(
  readFileSync(new URL("./node_modules/@apeleghq/rfc8188/package.json", import.meta.url)),
);

class Fault extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** A stream that failed, with the octets that its reader had been given before. */
class StreamFailed extends Error {
  constructor(cause, released) {
    super("the stream failed", { cause });
    this.released = released;
  }
}

// The library documents that it throws where the record size is invalid or the data are malformed, and its
// source says those refusals in three ways: `new Error("a sentence")`, a RangeError that begins with one of the
// sentences below, and Web Crypto's OperationError for a tag that does not match. A RangeError or TypeError of
// the engine's (an array that cannot be allocated, an offset past the end) is not among them: it escapes.
const OWN_RANGE_ERROR = /^(Invalid record size|Key ID too long|Invald salt length|Maximum number of segments exceeded)/;

function isRefusal(error) {
  if (error instanceof DOMException) return error.name === "OperationError";
  if (error?.constructor === RangeError) return OWN_RANGE_ERROR.test(error.message);
  return error?.constructor === Error && error.code === undefined;
}

// "Invalid record size: 17" -> "Invalid record size"; a DOMException's sentence is Node's, its name is Web Crypto's.
const category = (error) =>
  error instanceof DOMException ? error.name : error.message.replace(/: -?\d+$/, "");

function octets(params, name, required) {
  const text = params[name];
  if (text === undefined && !required) return undefined;
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new Fault(-32602, `${name} must be base64url text without padding`);
  }
  return new Uint8Array(Buffer.from(text, "base64url")).buffer;
}

function integer(params, name, otherwise) {
  const value = params[name] ?? otherwise;
  if (!Number.isSafeInteger(value)) throw new Fault(-32602, `${name} must be an integer`);
  return value;
}

function honoursOnly(params, ...names) {
  const other = Object.keys(params).find((name) => !names.includes(name));
  if (other !== undefined) throw new Fault(2, `the library has no way to set ${other}`);
}

function streamOf(buffer, pieceSize) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= buffer.byteLength) return controller.close();
      controller.enqueue(new Uint8Array(buffer.slice(at, at + pieceSize)));
      at += pieceSize;
    },
  });
}

async function readAll(stream) {
  const pieces = [];
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(pieces);
      pieces.push(Buffer.from(value));
    }
  } catch (error) {
    throw new StreamFailed(error, Buffer.concat(pieces));
  }
}

async function encrypt(params) {
  honoursOnly(params, "ikm", "plaintext", "salt", "rs", "keyid");
  const ikm = octets(params, "ikm", true);
  const plaintext = octets(params, "plaintext", true);
  const salt = octets(params, "salt");
  const keyid = octets(params, "keyid") ?? new ArrayBuffer(0);
  const rs = integer(params, "rs", RECORD_SIZE);
  const source = streamOf(plaintext, plaintext.byteLength);
  const message = await readAll(await rfc8188.encrypt(aes128gcm, source, rs, keyid, ikm, salt));
  return { message: message.toString("base64url") };
}

async function decrypt(params) {
  honoursOnly(params, "ikm", "message", "chunk_size");
  const ikm = octets(params, "ikm", true);
  const message = octets(params, "message", true);
  const pieceSize = integer(params, "chunk_size", Math.max(1, message.byteLength));
  if (pieceSize < 1) throw new Fault(-32602, "chunk_size must be 1 or more");
  let keyid;
  const lookup = (asked) => {
    keyid = Buffer.from(asked).toString("base64url");
    return ikm;
  };
  const plaintext = await readAll(rfc8188.decrypt(aes128gcm, streamOf(message, pieceSize), lookup));
  return { plaintext: plaintext.toString("base64url"), keyid };
}

const describe = () => ({
  protocol: 1,
  name: "@apeleghq/rfc8188",
  version: installed.version,
  language: "TypeScript",
  homepage: "https://github.com/ApelegHQ/ts-rfc8188",
  batch: BATCH,
  methods: {
    "aes128gcm.encrypt": { params: ["salt", "rs", "keyid"] },
    "aes128gcm.decrypt": { params: ["chunk_size"] },
  },
});

const methods = new Map([
  ["describe", describe],
  ["aes128gcm.encrypt", encrypt],
  ["aes128gcm.decrypt", decrypt],
]);

function errorOf(thrown) {
  if (thrown instanceof Fault) return { code: thrown.code, message: thrown.message };
  const error = thrown instanceof StreamFailed ? thrown.cause : thrown;
  const message = String(error?.message ?? error);
  const data = { exception: error?.constructor?.name ?? typeof error };
  if (thrown.released?.length > 0) data.released = thrown.released.toString("base64url");
  if (!isRefusal(error)) return { code: -32603, message, data };
  return { code: 1, message, data: { ...data, stage_native: category(error) } };
}

async function answer(request) {
  const id = request?.id ?? null;
  try {
    const { method, params = {} } = request ?? {};
    if (typeof method !== "string") throw new Fault(-32600, "not a JSON-RPC request");
    if (!methods.has(method)) throw new Fault(-32601, `no method ${method}`);
    if (params === null || typeof params !== "object" || Array.isArray(params)) {
      throw new Fault(-32602, "params must be an object");
    }
    return { jsonrpc: "2.0", id, result: await methods.get(method)(params) };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: errorOf(error) };
  }
}

async function answerLine(line) {
  let asked;
  try {
    asked = JSON.parse(line);
  } catch {
    return { jsonrpc: "2.0", id: null, error: { code: -32700, message: "not JSON" } };
  }
  if (!Array.isArray(asked)) return answer(asked);
  // One after the other: at once, the buffers that a header makes the library allocate would add up.
  const answers = [];
  for (const request of asked) answers.push(await answer(request));
  return answers;
}

// Each line is answered before the next is looked at, so that a crash is blamed on the request that caused it.
let pending = [];
for await (const piece of process.stdin) {
  let start = 0;
  for (let end; (end = piece.indexOf(0x0a, start)) !== -1; start = end + 1) {
    const line = Buffer.concat([...pending, piece.subarray(start, end)]).toString();
    pending = [];
    if (line.trim() !== "") process.stdout.write(JSON.stringify(await answerLine(line)) + "\n");
  }
  pending.push(piece.subarray(start));
}
