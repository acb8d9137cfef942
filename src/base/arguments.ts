import * as v from 'valibot';
import * as vscode from 'vscode';

import { refusal } from './errors';

/** A token's ID, as a number or a string of digits. */
export const tokenId = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
);

/** The fields that identify a token in a tree item or an argument object. */
export const tokenFields = { id: v.optional(tokenId), connectionId: v.optional(v.string()) };

/**
 * Reads a command's argument: a tree item, an object, or nothing.
 * @throws TirError `invalid-input`, which names the field but never quotes its value: that may be a token
 */
export function readArgument<T extends v.ObjectEntries>(
  fields: T,
  argument: unknown,
): v.InferOutput<v.ObjectSchema<T, undefined>> {
  const parsed = v.safeParse(v.object(fields), argument ?? {});
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]) ?? '';
    throw refusal('invalid-input', vscode.l10n.t('The argument "{0}" is invalid.', field));
  }
  return parsed.output;
}

/** The values of `kind` in arguments from the UI. A snippet's `kind`, which programs pass, is never one of these. */
const kindsFromUi: readonly unknown[] = ['token', 'connection', 'button'];

/** Marks an argument from a button or a link, so the command knows that a person called it, as from a tree row. */
export function fromUi<T extends object>(fields: T): T & { readonly kind: string } {
  return { kind: 'button', ...fields };
}

/** Checks whether a command's argument comes from the UI: a tree row, or an object from {@link fromUi}. */
export function isFromUi(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'kind' in argument && kindsFromUi.includes(argument.kind);
}
