/** An exclusive lock of the operating system on a small file, among all processes. The death of its owner releases it. */
export interface FileLock {
  /** Releases the lock; a second call does nothing. */
  release(): void;
}

export type FileLockResult =
  | { readonly kind: 'locked'; readonly lock: FileLock }
  /** Another owner has the lock, in this process or in another. */
  | { readonly kind: 'busy' }
  /** The file system has no locks, or fails; `error` is what it says. */
  | { readonly kind: 'unavailable'; readonly error: unknown };

/**
 * Takes the lock of a file without waiting, and makes the file where it is missing, readable for its owner alone. The file
 * stays: if it were deleted, two processes could lock two files of one name. Throws the file system's error where the file cannot
 * be made or opened.
 */
export type TakeFileLock = (path: string) => FileLockResult;
