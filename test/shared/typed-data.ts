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
