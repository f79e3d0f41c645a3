/* What the compilers differ in, and which instruction sets this processor has. */
#ifndef MICROGRID_COMPILER_H
#define MICROGRID_COMPILER_H

#define CAT_(a, b, c) a##_##b##_##c
#define CAT(a, b, c) CAT_(a, b, c)

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define ALIGNED __attribute__((aligned(64)))
#define UNROLL _Pragma("GCC unroll 32")
#define UNROLL_4 _Pragma("GCC unroll 4")
#if defined(__clang__) || __GNUC__ >= 12
#define HALVES
#endif
#else
#define INLINE static inline
#define ALIGNED
#define UNROLL
#define UNROLL_4
#endif
#define RESTRICT __restrict

/* The next loop's rounds do not read what others write. */
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

#if defined(__clang__)
#define PRAGMA(text) _Pragma(#text)
#define TARGET(set) PRAGMA(clang attribute push(__attribute__((target(set))), apply_to = function))
#define END_TARGET _Pragma("clang attribute pop")
#elif defined(__GNUC__)
#define PRAGMA(text) _Pragma(#text)
#define TARGET(set) _Pragma("GCC push_options") PRAGMA(GCC target(set))
#define END_TARGET _Pragma("GCC pop_options")
#endif

#if defined(__GNUC__) && defined(__x86_64__)
#define X86
#endif

/* clang ignores the whole list for one word it does not know, and takes 512 bits unasked. */
#if defined(__clang__)
#define AVX512 "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"
#else
#define AVX512 "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,prefer-vector-width=512"
#endif

/* How many of SSE2, AVX2 and AVX-512, in this order, it has; 0 where it is no x86. */
static inline int microgrid_sets(void)
{
#if defined(X86)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 1;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw"))
        return 2;
    return 3;
#else
    return 0;
#endif
}

#endif
