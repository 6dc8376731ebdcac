/** RFC 6749 §A.12. A control character would end the field of the token in the SASL message, or rewrite the terminal that shows a code. */
export const printable = /^[\x20-\x7e]+$/
