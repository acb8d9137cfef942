import * as v from 'valibot';

import { alone, askText } from '../ask/quickInput';
import { readArgument } from './argument';

/** The text to filter by: what is given as `text`, else what the person says, beginning with what is in force. */
export async function chooseFilter(
  argument: unknown,
  question: { title: string; prompt: string; value: string },
): Promise<string> {
  const given = readArgument({ text: v.optional(v.string()) }, argument);
  const { title, ...asked } = question;
  return (given.text ?? (await askText(alone(title), { ...asked, validate: () => undefined }))).trim();
}
