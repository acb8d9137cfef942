/** Returns a text without the guillemets that mark a value in it, and where the value is. */
export function marked(text: string): { readonly text: string; readonly start: number; readonly end: number } {
  const [start, end] = [text.indexOf('«'), text.indexOf('»') - 1];
  return { text: text.replace('«', '').replace('»', ''), start, end };
}
