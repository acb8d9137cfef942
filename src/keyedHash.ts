import { createHmac, randomBytes } from 'node:crypto';

/** Hashes with a key of its own, which is made here and kept nowhere: what it gives says nothing to anybody else. */
export function keyedHash(): (text: string) => string {
  const key = randomBytes(32);
  return (text) => createHmac('sha256', key).update(text).digest('base64');
}
