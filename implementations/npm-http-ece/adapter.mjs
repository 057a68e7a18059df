// Puts http_ece (npm) behind the implementation protocol: JSON-RPC, one message a line, on stdin and stdout.
//
// The adapter converts, and nothing else: it checks neither what goes in nor what comes out, so that every
// leniency and every defect that the harness sees is the library's.

import { readFileSync } from "node:fs";
import ece from "http_ece";

const BATCH = 64;
const installed = JSON.parse(readFileSync(new URL("./node_modules/http_ece/package.json", import.meta.url)));

class Fault extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// The library says every refusal with `throw new Error("a sentence")`, and lets Node's own word for a tag that
// does not match pass (an Error too, with no code of its own). That is its interface. TypeError, RangeError and
// errors that carry one of Node's codes come from reading past the end of a buffer and the like: they escape.
// One of them is a refusal all the same: the RangeError that says which values the caller's own record size could
// have had. What JavaScript throws for an argument out of range is just that, whoever throws it.
const WRONG_TAG = "Unsupported state or unable to authenticate data";
const OUT_OF_RANGE = 'The value of "value" is out of range';
const isRefusal = (error) =>
  (error?.constructor === Error && (error.code === undefined || error.message === WRONG_TAG)) ||
  (error instanceof RangeError && error.message.startsWith(OUT_OF_RANGE));

// "Invalid block: too small at 3" -> "Invalid block: too small": one word for the stage table.
const category = (message) => (message.startsWith(OUT_OF_RANGE) ? OUT_OF_RANGE : message.replace(/ at \d+$/, ""));

function octets(params, name, required) {
  const text = params[name];
  if (text === undefined && !required) return undefined;
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new Fault(-32602, `${name} must be base64url text without padding`);
  }
  return Buffer.from(text, "base64url");
}

function integer(params, name) {
  const value = params[name];
  if (value !== undefined && !Number.isSafeInteger(value)) throw new Fault(-32602, `${name} must be an integer`);
  return value;
}

function honoursOnly(params, ...names) {
  const other = Object.keys(params).find((name) => !names.includes(name));
  if (other !== undefined) throw new Fault(2, `the library has no way to set ${other}`);
}

// The key goes in through the lookup callback in both directions: `params.key` takes 16 octets only, the
// callback's answer may have any length.
function encrypt(params) {
  honoursOnly(params, "ikm", "plaintext", "salt", "rs", "keyid", "pad");
  const ikm = octets(params, "ikm", true);
  const plaintext = octets(params, "plaintext", true);
  const settings = {
    salt: octets(params, "salt"),
    rs: integer(params, "rs"),
    keyid: octets(params, "keyid"),
    pad: integer(params, "pad"),
  };
  return { message: ece.encrypt(plaintext, settings, () => ikm).toString("base64url") };
}

function decrypt(params) {
  honoursOnly(params, "ikm", "message");
  const ikm = octets(params, "ikm", true);
  const message = octets(params, "message", true);
  let keyid;
  const plaintext = ece.decrypt(message, {}, (asked) => {
    keyid = asked;
    return ikm;
  });
  return { plaintext: plaintext.toString("base64url"), keyid: keyid.toString("base64url") };
}

const describe = () => ({
  protocol: 1,
  name: "http_ece",
  version: installed.version,
  language: "JavaScript",
  homepage: installed.homepage,
  batch: BATCH,
  methods: {
    "aes128gcm.encrypt": { params: ["salt", "rs", "keyid", "pad"] },
    "aes128gcm.decrypt": { params: [] },
  },
});

const methods = new Map([
  ["describe", describe],
  ["aes128gcm.encrypt", encrypt],
  ["aes128gcm.decrypt", decrypt],
]);

function errorOf(error) {
  if (error instanceof Fault) return { code: error.code, message: error.message };
  const message = String(error?.message ?? error);
  const exception = error?.constructor?.name ?? typeof error;
  if (!isRefusal(error)) return { code: -32603, message, data: { exception } };
  return { code: 1, message, data: { exception, stage_native: category(message) } };
}

function answer(request) {
  const id = request?.id ?? null;
  try {
    const { method, params = {} } = request ?? {};
    if (typeof method !== "string") throw new Fault(-32600, "not a JSON-RPC request");
    if (!methods.has(method)) throw new Fault(-32601, `no method ${method}`);
    if (params === null || typeof params !== "object" || Array.isArray(params)) {
      throw new Fault(-32602, "params must be an object");
    }
    return { jsonrpc: "2.0", id, result: methods.get(method)(params) };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: errorOf(error) };
  }
}

function answerLine(line) {
  let asked;
  try {
    asked = JSON.parse(line);
  } catch {
    return { jsonrpc: "2.0", id: null, error: { code: -32700, message: "not JSON" } };
  }
  return Array.isArray(asked) ? asked.map(answer) : answer(asked);
}

// Each line is answered before the next is looked at, so that a crash is blamed on the request that caused it.
let pending = [];
for await (const piece of process.stdin) {
  let start = 0;
  for (let end; (end = piece.indexOf(0x0a, start)) !== -1; start = end + 1) {
    const line = Buffer.concat([...pending, piece.subarray(start, end)]).toString();
    pending = [];
    if (line.trim() !== "") process.stdout.write(JSON.stringify(answerLine(line)) + "\n");
  }
  pending.push(piece.subarray(start));
}
