import * as vscode from 'vscode';

import { TirError } from '../tir/errors';

/** Thrown out of a step when the person presses the back button. */
class Back extends Error {}

/** Where a question stands among the questions of its command. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** The place of a question that is the only one. */
export function alone(title: string): Place {
  return { title, step: 1, totalSteps: 1 };
}

/** Asks one question after the other; the back button asks the one before again, which is to show its former answer. */
export async function askInTurn(title: string, questions: readonly ((place: Place) => Promise<void>)[]): Promise<void> {
  for (let step = 0; step < questions.length; step++) {
    try {
      await questions[step]?.({ title, step: step + 1, totalSteps: questions.length });
    } catch (error) {
      if (!(error instanceof Back)) {
        throw error;
      }
      step -= 2;
    }
  }
}

export interface TextQuestion {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** What is wrong with the answer before this one, until something is typed. */
  readonly problem?: string | undefined;
  /** What is wrong with what is typed; undefined where nothing is. */
  readonly validate: (value: string) => string | undefined;
}

/** @throws TirError `cancelled` on Escape */
export async function askText(place: Place, question: TextQuestion): Promise<string> {
  const input = vscode.window.createInputBox();
  input.prompt = question.prompt;
  input.placeholder = question.placeholder;
  input.value = question.value ?? '';
  input.password = question.password ?? false;
  input.validationMessage = question.problem;
  return ask(input, place, (accept) => {
    input.onDidChangeValue((value) => {
      input.validationMessage = value === '' ? undefined : question.validate(value);
    });
    input.onDidAccept(() => {
      const problem = question.validate(input.value);
      input.validationMessage = problem;
      if (problem === undefined) {
        accept(input.value);
      }
    });
  });
}

/** @throws TirError `cancelled` on Escape */
export async function askPick<T extends vscode.QuickPickItem>(
  place: Place,
  placeholder: string,
  items: readonly T[],
  active?: T,
): Promise<T> {
  const pick = vscode.window.createQuickPick<T>();
  pick.placeholder = placeholder;
  pick.items = items;
  pick.matchOnDescription = true;
  if (active) {
    pick.activeItems = [active];
  }
  return ask(pick, place, (accept) => {
    pick.onDidAccept(() => {
      const item = pick.activeItems[0];
      if (item) {
        accept(item);
      }
    });
  });
}

/** Any number of the items, all of them chosen to begin with. @throws TirError `cancelled` on Escape */
export async function askPicks<T extends vscode.QuickPickItem>(
  place: Place,
  placeholder: string,
  items: readonly T[],
): Promise<readonly T[]> {
  const pick = vscode.window.createQuickPick<T>();
  pick.placeholder = placeholder;
  pick.canSelectMany = true;
  pick.items = items;
  pick.selectedItems = items;
  pick.matchOnDescription = true;
  return ask(pick, place, (accept) => {
    pick.onDidAccept(() => {
      accept([...pick.selectedItems]);
    });
  });
}

/** What input boxes and quick picks have in common, title and buttons included, which `QuickInput` lacks. */
type Question = vscode.QuickInput & Pick<vscode.InputBox, 'buttons' | 'onDidTriggerButton'>;

async function ask<T>(question: Question, place: Place, listen: (accept: (answer: T) => void) => void): Promise<T> {
  const inTurn = place.totalSteps > 1;
  question.title = place.title;
  question.step = inTurn ? place.step : undefined;
  question.totalSteps = inTurn ? place.totalSteps : undefined;
  question.buttons = inTurn && place.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  // What is being typed was copied from somewhere: looking there must not close the question.
  question.ignoreFocusOut = true;
  try {
    return await new Promise<T>((resolve, reject) => {
      listen(resolve);
      question.onDidTriggerButton(() => {
        reject(new Back());
      });
      question.onDidHide(() => {
        reject(new TirError('cancelled', 'cancelled'));
      });
      question.show();
    });
  } finally {
    question.dispose();
  }
}
