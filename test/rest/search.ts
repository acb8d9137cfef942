import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Returns the forms in which a text may be written. Base64 has one form for each offset, modulo three bytes. */
export function encodings(secret: string): Map<string, Buffer> {
  const bytes = Buffer.from(secret);
  const forms = new Map<string, Buffer>([
    ['plain', bytes],
    ['reversed', Buffer.from([...bytes].reverse())],
    ['UTF-16 little-endian', Buffer.from(secret, 'utf16le')],
    ['UTF-16 big-endian', Buffer.from(secret, 'utf16le').swap16()],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['URL', Buffer.from([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))],
    [
      'URL, upper case',
      Buffer.from([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')),
    ],
    ['URL component', Buffer.from(encodeURIComponent(secret))],
    ['JSON of numbers', Buffer.from([...bytes].join(','))],
  ]);
  for (let offset = 0; offset < 3; offset++) {
    forms.set(`base64, offset ${offset}`, base64Inside(bytes, offset, 'base64'));
    forms.set(`base64url, offset ${offset}`, base64Inside(bytes, offset, 'base64url'));
    forms.set(`base64 of UTF-16, offset ${offset}`, base64Inside(Buffer.from(secret, 'utf16le'), offset, 'base64'));
  }
  return forms;
}

/** Encodes bytes at an offset, without characters at the ends that also hold bits of neighboring bytes. */
function base64Inside(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): Buffer {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const [first, last] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)];
  return Buffer.from(padded.toString(encoding).slice(first, last));
}

export interface Hit {
  readonly file: string;
  readonly encoding: string;
}

export interface Search {
  readonly hits: Hit[];
  readonly files: number;
  readonly bytes: number;
}

/** Searches all files under a folder, their names and gzip content for every secret in every form. */
export function search(folder: string, secrets: readonly string[]): Search {
  const find = finder(secrets.flatMap((secret) => [...encodings(secret)]));
  const hits: Hit[] = [];
  let [files, bytes] = [0, 0];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) {
      continue;
    }
    files++;
    bytes += stat.size;
    for (const content of [Buffer.from(name), ...contents(file, stat.size)]) {
      hits.push(...find(content).map((encoding) => ({ file: name, encoding })));
    }
  }
  return { hits, files, bytes };
}

/**
 * Returns a function that finds thousands of needles in one pass. They are indexed by their last eight bytes, because
 * tokens begin alike. One table lookup rules out most positions of a text.
 */
function finder(needles: readonly (readonly [encoding: string, bytes: Buffer])[]): (content: Buffer) => string[] {
  const hash = (earlier: number, last: number) => Math.imul(earlier, 0x9e3779b1) ^ Math.imul(last, 0x85ebca6b);
  const table = new Uint8Array(1 << 22);
  const slot = (key: number) => key >>> 10;
  const byEnd = new Map<number, (readonly [string, Buffer])[]>();
  for (const needle of needles) {
    const [, bytes] = needle;
    const key = hash(bytes.readInt32LE(bytes.length - 8), bytes.readInt32LE(bytes.length - 4));
    table[slot(key)] = 1;
    byEnd.set(key, [...(byEnd.get(key) ?? []), needle]);
  }
  return (content) => {
    const found = new Set<string>();
    let [earlier, last] = [0, 0];
    for (let at = 0; at < content.length; at++) {
      earlier = (earlier >>> 8) | ((last & 0xff) << 24);
      last = (last >>> 8) | ((content[at] ?? 0) << 24);
      const key = hash(earlier, last);
      if (table[slot(key)] === 1) {
        for (const [encoding, bytes] of byEnd.get(key) ?? []) {
          const start = at + 1 - bytes.length;
          if (start >= 0 && content.subarray(start, at + 1).equals(bytes)) {
            found.add(encoding);
          }
        }
      }
    }
    return [...found];
  };
}

/** Yields a file in pieces that overlap by more than the longest form, and its first piece unpacked if it's gzip. */
function* contents(file: string, size: number): Generator<Buffer> {
  const [piece, overlap] = [64 * 1024 * 1024, 64 * 1024];
  const handle = openSync(file, 'r');
  try {
    for (let start = 0; start < size; start += piece) {
      const buffer = Buffer.alloc(Math.min(piece + overlap, size - start));
      readSync(handle, buffer, 0, buffer.length, start);
      yield buffer;
      if (start === 0 && buffer[0] === 0x1f && buffer[1] === 0x8b) {
        yield unpacked(buffer);
      }
    }
  } finally {
    closeSync(handle);
  }
}

function unpacked(packed: Buffer): Buffer {
  try {
    return gunzipSync(packed);
  } catch {
    // It only looked like gzip, or is cut off.
    return Buffer.alloc(0);
  }
}
