import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';

/** Signature of an entry in the list at the end of a zip file. */
const entry = Buffer.from('PK\x01\x02', 'latin1');

/** Returns the text of a file in a zip file, such as a `.vsix`. Reads what `vsce` writes: no zip64, no encryption. */
export function fileInZip(zip: Buffer, name: string): string {
  for (let at = zip.indexOf(entry); at >= 0; at = zip.indexOf(entry, at + 1)) {
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const [method, size, offset] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
      const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
      const data = zip.subarray(start, start + size);
      return (method === 0 ? data : inflateRawSync(data)).toString('utf8');
    }
  }
  return assert.fail(`The zip file has no ${name}.`);
}
