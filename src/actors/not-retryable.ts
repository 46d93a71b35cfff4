/** The mark on an error that trying again cannot mend; the panel's retries honour it. */

export function notRetryable<E extends Error>(error: E): E & { readonly retryable: false } {
  return Object.assign(error, { retryable: false } as const)
}
