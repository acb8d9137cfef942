/** A browser runs no programs. */
export const findRipgrep: (appRoot: string) => Promise<string | undefined> = () => Promise.resolve(undefined);

export const filesWith: (program: string, search: object) => AsyncGenerator<string> = () => {
  throw new Error('There is no ripgrep.');
};
