/** The list in this order: itself when it is that already, which is cheaper to see than to sort. */
export function inOrder<T>(list: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  const isSorted = list.every((item, at) => at === 0 || compare(list[at - 1] as T, item) <= 0)
  return isSorted ? list : list.toSorted(compare)
}
