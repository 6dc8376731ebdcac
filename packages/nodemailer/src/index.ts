export { createTransport, type CreateTransportOptions, type Transporter } from './create-transport.ts'
export { type Delivery, DeliveryError, type DeliveryErrorInit } from './delivery-error.ts'
export type { SubmissionOptions, SubmissionSettings } from './options.ts'
export { submissionTransport, type SubmissionTransport } from './submission-transport.ts'
