export { onInterrupt } from './interrupt.ts'
export { installPackages } from './packages.ts'
export { run } from './run.ts'
