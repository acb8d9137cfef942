import type { Row } from './measure';

export async function switching(_ours: string): Promise<Row> {
  return { what: 'switching', ours: [1], beside: [] };
}
