import * as vscode from 'vscode';

import { TirError } from './errors';

/** Thrown out of a step when the person presses the back button. */
class Back extends Error {}

/** Where a question stands among the questions of its command. */
export interface StepPosition {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** The place of a question that is the only one. */
export function singleStep(title: string): StepPosition {
  return { title, step: 1, totalSteps: 1 };
}

/** Asks one question after the other; the back button asks the one before again, which is to show its former answer. */
export async function askSteps(
  title: string,
  questions: readonly ((place: StepPosition) => Promise<void>)[],
): Promise<void> {
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
export async function askText(place: StepPosition, question: TextQuestion): Promise<string> {
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
  place: StepPosition,
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
  place: StepPosition,
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

async function ask<T>(
  question: Question,
  place: StepPosition,
  listen: (accept: (answer: T) => void) => void,
): Promise<T> {
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

/** Asks in a modal. Whatever is not the button counts as no, an editor that shows no modals included. @throws TirError `cancelled` */
export async function confirm(question: string, detail: string, button: string): Promise<void> {
  const answer = await Promise.resolve(
    vscode.window.showWarningMessage(question, { modal: true, detail }, button),
  ).catch(() => undefined);
  if (answer !== button) {
    throw new TirError('cancelled', 'not confirmed');
  }
}

/** Work that is done sooner shows nothing: a notification that only flashes tells nobody anything. Milliseconds. */
const progressDelay = 400;

/** Says how far the work is. */
export type ReportProgress = (message: string) => void;

/** Shows that work is under way, with a button that ends it, once it takes long enough to be noticed. */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: ReportProgress) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let message = '';
  let show: ReportProgress = () => undefined;
  const running = work(controller.signal, (text) => {
    message = text;
    show(text);
  });
  const soon = await Promise.race([
    running.then(() => true),
    new Promise<false>((resolve) => setTimeout(resolve, progressDelay, false)),
  ]);
  return soon
    ? running
    : vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        async (progress, cancellation) => {
          show = (text) => progress.report({ message: text });
          show(message);
          const subscription = cancellation.onCancellationRequested(() => {
            controller.abort();
          });
          try {
            return await running;
          } finally {
            subscription.dispose();
          }
        },
      );
}
