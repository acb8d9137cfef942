import { createDiffieHellman, createHash } from 'node:crypto';

import * as v from 'valibot';

import { digestLength } from '../base/secret';

/*
 * The Python code that sets variables in a kernel. A kernel sends the code that it runs to all its clients and may log
 * it, so the code contains no values: kernel and extension first agree on a key (Diffie-Hellman).
 *
 * No statement raises an exception or prints more than its answer. IPython doesn't show the result of `exec`, and
 * Jupyter runs such code without adding it to the history. The kernel's process keeps its variables' values in
 * `builtins._tir`, where they survive a reload of the window.
 */

/** Group 14 of RFC 3526, whose generator is 2. Electron's Node doesn't know the group by its name. */
const prime = [
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879',
  '8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b',
  '0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836',
  '1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804',
  'f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6',
  '955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff',
].join('');

function statement(...lines: readonly string[]): string {
  const indented = lines.map((line) => `    ${line}\n`).join('');
  const code = `try:\n${indented}except BaseException:\n    pass\n`;
  // A JSON string is also a Python string.
  return `__import__("builtins").exec(${JSON.stringify(code)}, {})`;
}

/**
 * Returns code that makes the kernel's half of a key. It prints the half, the name of the kernel's machine, the content
 * of a file, and digests of the given values that the kernel still has.
 * @param file a file on this machine that only this person can read
 * @param key the key of the digests; see `digestOf`
 */
export function introduce(file: string, key: string): string {
  return statement(
    'import builtins, hashlib, json, os, secrets, socket',
    'state = builtins.__dict__.setdefault("_tir", {"given": {}, "halves": {}})',
    'secret = secrets.randbits(512)',
    'proof = ""',
    'try:',
    `    with open(${JSON.stringify(file)}) as opened:`,
    '        proof = opened.read(100)',
    'except OSError:',
    '    pass',
    `half = "%x" % pow(2, secret, 0x${prime})`,
    // Keyed by half, since two windows may use the kernel at the same time.
    'state["halves"][half] = secret',
    'for old in list(state["halves"])[:-2]:',
    '    del state["halves"][old]',
    ...digests('state["given"]', key),
    'answer = {"host": socket.gethostname(), "half": half, "proof": proof, "has": has}',
    // Starts a new line, since a thread may have printed part of one.
    'print("\\nTIR: " + json.dumps(answer))',
  );
}

/** Returns code that puts digests of the given values that the kernel still has into `has`. */
function digests(given: string, key: string): string[] {
  return [
    'has = {}',
    `for name, (value, before) in ${given}.items():`,
    '    if os.environ.get(name) == value:',
    `        data = (${JSON.stringify(key)} + value).encode("utf-8", "surrogateescape")`,
    `        has[name] = hashlib.sha256(data).hexdigest()[:${digestLength}]`,
  ];
}

const hasSchema = v.record(v.string(), v.string());
const introductionSchema = v.object({
  /** The name of the kernel's machine, by its own account. */
  host: v.string(),
  /** The kernel's half of the key, in hexadecimal digits. */
  half: v.pipe(v.string(), v.regex(/^[0-9a-f]{1,512}$/)),
  /** The file's content; empty if the kernel can't read it. */
  proof: v.string(),
  /** Digests of values by variable. */
  has: hasSchema,
});
export type Introduction = v.InferOutput<typeof introductionSchema>;

/** Parses the output of {@link introduce}. Returns undefined if it's missing. */
export function readIntroduction(printed: string): Introduction | undefined {
  return readAnswer(introductionSchema, printed);
}

function readAnswer<T>(schema: v.GenericSchema<unknown, T>, printed: string): T | undefined {
  try {
    return v.parse(schema, JSON.parse(/^TIR: (\{.*\})/m.exec(printed)?.[1] ?? ''));
  } catch {
    return undefined;
  }
}

/** Parses the digests that {@link settle} printed. Returns undefined if it didn't run to the end. */
export function readSettled(printed: string): Introduction['has'] | undefined {
  return readAnswer(v.object({ settled: hasSchema }), printed)?.settled;
}

/**
 * Returns code that sets exactly these variables in the kernel. Other variables that were set before get their original
 * values back. A variable that a cell has changed since then keeps its value.
 * @param overwrites whether to set variables that a cell has changed, too
 * @param digestKey the key of the digests; see `digestOf`
 */
export function settle(
  { half }: Introduction,
  variables: ReadonlyMap<string, string>,
  overwrites: boolean,
  digestKey: string,
): string {
  const ours = createDiffieHellman(prime, 'hex', 2);
  const ourHalf = ours.generateKeys('hex');
  const key = ours.computeSecret(half.padStart(prime.length, '0'), 'hex', 'hex').replace(/^0+/, '');
  const data = Buffer.from(JSON.stringify(Object.fromEntries(variables)));
  const pad = padOf(key, data.length);
  const sealed = Buffer.from(data.map((byte, index) => byte ^ (pad[index] ?? 0)));
  return statement(
    'import builtins, hashlib, json, os',
    'state = builtins._tir',
    `key = "%x" % pow(0x${ourHalf}, state["halves"].pop("${half}"), 0x${prime})`,
    `data = bytes.fromhex("${sealed.toString('hex')}")`,
    'parts = (hashlib.sha256(f"{key} {part}".encode()).digest() for part in range(len(data) // 32 + 1))',
    'variables = json.loads(bytes(a ^ b for a, b in zip(data, b"".join(parts))))',
    'given = state["given"]',
    'for name, (value, before) in list(given.items()):',
    '    if os.environ.get(name) == value:',
    '        del given[name]',
    '        if before is None:',
    '            del os.environ[name]',
    '        else:',
    '            os.environ[name] = before',
    `    elif ${overwrites ? 'True' : 'not variables'}:`,
    '        del given[name]',
    'for name, value in variables.items():',
    '    if name not in given:',
    '        given[name] = (value, os.environ.get(name))',
    '        os.environ[name] = value',
    ...digests('given', digestKey),
    'if not given:',
    '    del builtins._tir',
    'print("\\nTIR: " + json.dumps({"settled": has}))',
  );
}

/** Returns a keystream of this length. */
function padOf(key: string, length: number): Buffer {
  const parts = Array.from({ length: Math.floor(length / 32) + 1 }, (_, part) =>
    createHash('sha256').update(`${key} ${part}`).digest(),
  );
  return Buffer.concat(parts);
}
