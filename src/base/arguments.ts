import * as v from 'valibot';
import * as vscode from 'vscode';

import { refusal } from './errors';

/** A token's id, as a number or as its digits. */
export const tokenId = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
);

/** The fields with which a tree item and an argument object name a token. */
export const tokenFields = { id: v.optional(tokenId), connectionId: v.optional(v.string()) };

/**
 * Reads a command's argument, which is a tree item, an object, or nothing.
 * @throws TirError `invalid-input`, which names the field and never quotes it: it may be a token
 */
export function readArgument<T extends v.ObjectEntries>(
  fields: T,
  argument: unknown,
): v.InferOutput<v.ObjectSchema<T, undefined>> {
  const parsed = v.safeParse(v.object(fields), argument ?? {});
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]);
    throw refusal(
      'invalid-input',
      field === null
        ? vscode.l10n.t('The argument is not an object.')
        : vscode.l10n.t('The argument "{0}" is not usable.', field),
    );
  }
  return parsed.output;
}

/** What the `kind` of an argument from the UI can be. A snippet's `kind`, which programs pass, is none of these. */
const kindsFromUi: readonly unknown[] = ['token', 'connection', 'button'];

/** Marks an argument that a button or a link passes to a command: a person called it, as with a row of the view. */
export function fromUi<T extends object>(fields: T): T & { readonly kind: string } {
  return { kind: 'button', ...fields };
}

/** Whether a command's argument comes from the UI: it's a row of the view, or made by {@link fromUi}. */
export function isFromUi(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'kind' in argument && kindsFromUi.includes(argument.kind);
}
