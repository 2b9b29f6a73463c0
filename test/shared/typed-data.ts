import { toBeHex, type Signature } from "ethers";

/** What owners sign for `setOperatorWithSig` (EIP-712). */
export const SET_OPERATOR = {
  SetOperator: [
    { name: "owner", type: "address" },
    { name: "operator", type: "address" },
    { name: "approved", type: "bool" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** What owners of shares sign for `permit` (ERC-2612). */
export const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** Order of the curve of ECDSA. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The other signature of the same message by the same key, which everybody can compute. */
export function mirroredSignature(signature: Signature): { v: number; r: string; s: string } {
  const { v, r, s } = signature;
  return { v: v === 27 ? 28 : 27, r, s: toBeHex(CURVE_ORDER - BigInt(s), 32) };
}
