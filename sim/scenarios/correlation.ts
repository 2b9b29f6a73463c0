/** Rounding may leave a matrix that is only just semi-definite below zero by so much. */
const ROUNDING = 1e-12;

/**
 * Cholesky factor of a correlation matrix: lower triangular L with L·Lᵀ = the matrix, so that L times independent normals is
 * correlated so (Golub and Van Loan, "Matrix Computations", §4.2).
 * @throws Error saying what is wrong, if it is no correlation matrix.
 */
export function factorOf(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  for (const [i, row] of matrix.entries()) {
    if (row.length !== size)
      throw new Error(`a correlation matrix is square, but row ${i + 1} has ${row.length} of ${size}`);
    if (row[i] !== 1) throw new Error(`an asset's correlation with itself is 1, not ${row[i]}`);
    for (const [j, value] of row.entries()) {
      if (!(value >= -1 && value <= 1)) throw new Error(`a correlation is from −1 to 1, not ${value}`);
      if (value !== matrix[j][i]) throw new Error(`correlations are mutual: ${value} and ${matrix[j][i]}`);
    }
  }
  const factor = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < size; ++i) {
    for (let j = 0; j <= i; ++j) {
      const rest = factor[i].slice(0, j).reduce((sum, value, k) => sum - value * factor[j][k], matrix[i][j]);
      if (i === j) {
        if (rest < -ROUNDING) throw new Error("no three returns can be correlated so: the matrix is not positive");
        factor[i][i] = Math.sqrt(Math.max(0, rest));
      } else {
        factor[i][j] = factor[j][j] === 0 ? 0 : rest / factor[j][j];
      }
    }
  }
  return factor;
}

/**
 * The matrix of a one-factor model: each asset follows a common factor with its loading, and is its own for the rest, so that
 * ρᵢⱼ = βᵢ·βⱼ. It is always possible.
 * @param loadings From −1 to 1.
 */
export function oneFactor(loadings: readonly number[]): number[][] {
  return loadings.map((own, i) => loadings.map((other, j) => (i === j ? 1 : own * other)));
}
