/** The time that this process has had of the processors so far: others that are busy do not count. Unit: milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
