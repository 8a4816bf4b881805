/** Names a configuration together with the tables of time zones by which its dates were computed. */
export function scheduleKey(configDigest: string): string {
  return `${configDigest} ${process.versions['tz'] ?? ''}`;
}
