/** A name as one word of a command line that is copied into a shell: quoted, unless it is plain. */
export function shellWord(name: string): string {
  return /^[\w.,:/@+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
