import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** As in Node. What a browser has of its own answers later, and text is looked at line by line. */
export function keyedHash(): (text: string) => string {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const encoder = new TextEncoder();
  return (text) => String.fromCharCode(...hmac(sha256, key, encoder.encode(text)));
}
