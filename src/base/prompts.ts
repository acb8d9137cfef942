import * as vscode from 'vscode';

import { cancelled } from './errors';

/*
 * Longer than other files, since each question is there once, with what all of them share.
 */

/** Thrown from a step when the person presses the Back button. */
class Back extends Error {}

/** Thrown from {@link askText} when the person presses the question's own button. */
export class ButtonPressed extends Error {}

/** A question's position among its command's questions. */
export interface StepPosition {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** Returns the position of a command's only question. */
export function singleStep(title: string): StepPosition {
  return { title, step: 1, totalSteps: 1 };
}

/** Asks the questions in order. The Back button returns to the previous one, which should show its last answer. */
export async function askSteps(
  title: string,
  questions: readonly ((position: StepPosition) => Promise<void>)[],
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
  /** A button for another way to answer. It ends the question with {@link ButtonPressed}. */
  readonly button?: vscode.QuickInputButton;
  /** What was wrong with the last answer; shown until the person types. */
  readonly problem?: string | undefined;
  /** Says what's wrong with the typed text; undefined if it's valid. */
  readonly validate: (value: string) => string | undefined;
}

/** Asks for text in an input box. @throws TirError `cancelled` on Escape */
export async function askText(position: StepPosition, question: TextQuestion): Promise<string> {
  const input = vscode.window.createInputBox();
  input.prompt = question.prompt;
  input.placeholder = question.placeholder;
  input.value = question.value ?? '';
  input.password = question.password ?? false;
  input.validationMessage = question.problem;
  return ask(
    input,
    position,
    (accept) => {
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
    },
    question.button,
  );
}

/** Asks the person to pick one item. @throws TirError `cancelled` on Escape */
export async function askPick<T extends vscode.QuickPickItem>(
  position: StepPosition,
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
  return ask(pick, position, (accept) => {
    pick.onDidAccept(() => {
      const item = pick.activeItems[0];
      if (item) {
        accept(item);
      }
    });
  });
}

/** Asks the person to pick any number of items, all preselected. @throws TirError `cancelled` on Escape */
export async function askPicks<T extends vscode.QuickPickItem>(
  position: StepPosition,
  placeholder: string,
  items: readonly T[],
): Promise<readonly T[]> {
  const pick = vscode.window.createQuickPick<T>();
  pick.placeholder = placeholder;
  pick.canSelectMany = true;
  pick.items = items;
  pick.selectedItems = items;
  pick.matchOnDescription = true;
  return ask(pick, position, (accept) => {
    pick.onDidAccept(() => {
      accept([...pick.selectedItems]);
    });
  });
}

export interface NamesQuestion {
  readonly placeholder: string;
  /** Names to choose from, as labels. */
  readonly offered: readonly vscode.QuickPickItem[];
  readonly checked: readonly string[];
  /** Describes a typed name that isn't offered. */
  readonly newName: string;
  /** Splits the typed text into names. */
  readonly read: (text: string) => readonly string[];
  /** Says what's wrong with the names; undefined if they're valid. */
  readonly validate: (names: readonly string[]) => string | undefined;
}

/** Asks for any number of names, which the person checks or types. @throws TirError `cancelled` on Escape */
export async function askNames(position: StepPosition, question: NamesQuestion): Promise<readonly string[]> {
  const pick = vscode.window.createQuickPick();
  pick.canSelectMany = true;
  pick.placeholder = question.placeholder;
  const offered = [...question.offered];
  let checked: readonly string[] = question.checked;
  let shown = checked;
  const answer = () => [...new Set([...checked, ...question.read(pick.value)])];
  const show = () => {
    const isNew = (name: string) =>
      question.validate([name]) === undefined && !offered.some(({ label }) => label === name);
    const typed = question.read(pick.value).filter(isNew);
    // VS Code sorts by match. Its events identify items by their position, so those of offered names must not change.
    pick.items = [...offered, ...typed.map((label) => ({ label, description: question.newName, alwaysShow: true }))];
    shown = checked;
    pick.selectedItems = pick.items.filter(({ label }) => shown.includes(label));
    pick.title = question.validate(answer()) ?? position.title;
  };
  show();
  return ask(pick, position, (accept) => {
    pick.onDidChangeValue(show);
    pick.onDidChangeSelection((items) => {
      // New items come back as two events: nothing is checked, then what was shown as checked.
      const added = items.filter(({ label }) => !checked.includes(label) && !shown.includes(label));
      checked = items.map(({ label }) => label);
      if (added.length > 0 && pick.value !== '') {
        // The typed name is checked now, or the text was typed to find an offered one.
        offered.push(...added.filter((item) => !offered.includes(item)));
        pick.value = '';
        show();
      }
    });
    pick.onDidAccept(() => {
      if (question.validate(answer()) === undefined) {
        accept(answer());
      }
    });
  });
}

/** What input boxes and quick picks share. `QuickInput` lacks the buttons. */
type Question = vscode.QuickInput & Pick<vscode.InputBox, 'buttons' | 'onDidTriggerButton'>;

async function ask<T>(
  question: Question,
  position: StepPosition,
  listen: (accept: (answer: T) => void) => void,
  button?: vscode.QuickInputButton,
): Promise<T> {
  const hasSteps = position.totalSteps > 1;
  question.title = position.title;
  question.step = hasSteps ? position.step : undefined;
  question.totalSteps = hasSteps ? position.totalSteps : undefined;
  const back = hasSteps && position.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  question.buttons = [...back, ...(button ? [button] : [])];
  // People switch windows to copy the answer from somewhere. That must not close the question.
  question.ignoreFocusOut = true;
  try {
    return await new Promise<T>((resolve, reject) => {
      listen(resolve);
      question.onDidTriggerButton((pressed) => {
        reject(pressed === button ? new ButtonPressed() : new Back());
      });
      question.onDidHide(() => {
        reject(cancelled());
      });
      question.show();
    });
  } finally {
    question.dispose();
  }
}

/**
 * Asks for confirmation in a modal dialog.
 * @throws TirError `cancelled` unless the person presses the button, and in a window that can't show modal dialogs
 */
export async function confirm(question: string, detail: string, button: string): Promise<void> {
  const answer = await Promise.resolve(
    vscode.window.showWarningMessage(question, { modal: true, detail }, button),
  ).catch(() => undefined);
  if (answer !== button) {
    throw cancelled();
  }
}

/** Milliseconds before progress is shown, because a notification that only flashes can't be read. */
const progressDelay = 400;

/** Updates the message of a progress notification. */
export type ReportProgress = (message: string) => void;

/** Runs `work`, and shows its progress if it takes more than a moment. The Cancel button aborts the signal. */
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
