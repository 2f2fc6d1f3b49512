/** `@EventPattern(assignedOf('flows'))`: called with the `AssignedPartition` before its first batch. */
export function assignedOf(topic: string): string {
  return `${topic}:assigned`;
}

/** `@EventPattern(revokedOf('flows'))`: called with the `AssignedPartition` that is lost, or given back at the close. */
export function revokedOf(topic: string): string {
  return `${topic}:revoked`;
}
