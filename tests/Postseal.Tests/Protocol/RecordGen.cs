using System.Collections.Immutable;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Tests.Protocol;

/// <summary>Random but legal parts of records and policies.</summary>
internal static class RecordGen
{
    private static readonly Gen<char> Alphanumeric = Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['A', 'Z'], Gen.Char['0', '9']);

    /// <summary>An id of RFC 8461 §3.1.</summary>
    public static Gen<string> Id { get; } = Alphanumeric.Array[1, 32].Select(c => new string(c));

    /// <summary>The name of an extension, neither <c>mx</c> nor <c>rua</c>: those never count as ignored.</summary>
    public static Gen<string> Name { get; } =
        Gen.OneOf(
            Gen.OneOf("v", "id", "mode", "version", "max_age", "Mode"),
            Gen.Select(
                    Alphanumeric,
                    Gen.OneOf(Alphanumeric, Gen.OneOf('_', '-', '.')).Array[0, 31],
                    (first, rest) => first + new string(rest)
                )
                .Where(n => n is not ("mx" or "rua"))
        );

    /// <summary>Fields a reader of a record ignores.</summary>
    public static Gen<ImmutableArray<RecordField>> Fields { get; } =
        Gen.Select(Name, Gen.Char['!', '~'].Where(c => c is not ('=' or ';')).Array[1, 40], (n, v) => new RecordField(n, new(v)))
            .Array[0, 5]
            .Select(f => f.ToImmutableArray());

    /// <summary>Lines a reader of a policy ignores.</summary>
    public static Gen<PolicyLines> Lines { get; } =
        Gen.Select(
                Name,
                Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u0080', '\uD7FF']).Array[1, 40],
                (n, v) => new RecordField(n, new(v))
            )
            .Where(f => f.Value.Trim(' ').Length == f.Value.Length)
            .Array[0, 5]
            .Select(f => PolicyLines.Create(f));
}
