export function readDotenv(): void;
