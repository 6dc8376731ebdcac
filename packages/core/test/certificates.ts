import type { SecureContextOptions } from 'node:tls'
import { createCertificates } from '@postern/testing/certificates'

/** An authority made for this run, and what it signs: for servers of one's own, beside those of `startProvider`. */
export const certificates = await createCertificates('127.0.0.1')
export const { ca } = certificates
export const trusted: SecureContextOptions = await certificates.issue('trusted')
