/** How many of the first pieces go together within a size; at least one. */
export function fitting<Piece>(pieces: readonly Piece[], most: number, sizeOf: (piece: Piece) => number): number {
  let size = 0;
  const tooMany = pieces.findIndex((piece) => (size += sizeOf(piece)) > most);
  return tooMany < 0 ? pieces.length : Math.max(1, tooMany);
}
