import type { Parts } from '../parts';
import { TirError } from '../tir/errors';

/** Asks TIR for the tokens of every connection anew. */
export async function refresh(parts: Parts) {
  const connections = await parts.store.connections();
  if (connections.length === 0) {
    throw new TirError('not-signed-in', 'no connection');
  }
  // The view has a bar of its own for this, and stays usable meanwhile.
  const lists = await Promise.all(connections.map(({ id }) => parts.lists.refresh(id)));
  return { tokenCount: lists.flat().length };
}
