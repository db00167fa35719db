declare module 'fs-native-extensions' {
  /** Locks `length` bytes at `offset` for this open file. @returns false if another open file holds the lock */
  export function tryLock(fd: number, offset?: number, length?: number): boolean;
  export function unlock(fd: number, offset?: number, length?: number): void;
}
