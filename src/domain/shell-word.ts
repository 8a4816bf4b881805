/**
 * An id or a path as it can be pasted into a command line: it is the user's text, and a shell would act on some of it.
 */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._/:@%+=-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
