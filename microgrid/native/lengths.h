/* The length of a gradient, with the bits that NumPy gives, and what shortens it.  Included by steps.c. */

/* The largest |g|, or nan where one of them is: as integers doubles above 0 keep their order, nan last. */
static double LENGTH(largest)(const double *g, ptrdiff_t n)
{
    long long top = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        long long bits;
        memcpy(&bits, g + k, sizeof bits);
        bits &= 0x7fffffffffffffffLL;
        top = bits > top ? bits : top;
    }
    double largest;
    memcpy(&largest, &top, sizeof largest);
    return largest;
}

/* The sum of (g/top)², halves added to halves as NumPy does, whose sums are compared with. */
static double LENGTH(squares)(const double *g, ptrdiff_t n, double top)
{
    if (n > 128) {
        const ptrdiff_t half = n / 2 - n / 2 % 8;
        return LENGTH(squares)(g, half, top) + LENGTH(squares)(g + half, n - half, top);
    }
    double sums[8] = {0}, sum = 0;
    ptrdiff_t k = 0;
    if (n >= 8) {
        for (; k < n - n % 8; k += 8)
            for (int j = 0; j < 8; j++) {
                const double q = g[k + j] / top;
                sums[j] += q * q;
            }
        sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }
    for (; k < n; k++) {
        const double q = g[k] / top;
        sum += q * q;
    }
    return sum;
}

static void LENGTH(scaled)(double *g, ptrdiff_t n, double scale)
{
    for (ptrdiff_t k = 0; k < n; k++)
        g[k] *= scale;
}

static void LENGTH(limited)(double *g, ptrdiff_t n, double limit)
{
    for (ptrdiff_t k = 0; k < n; k++)
        g[k] = least(most(g[k], -limit), limit);
}
