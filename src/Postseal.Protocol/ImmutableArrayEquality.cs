using System.Collections.Immutable;

namespace Postseal.Protocol;

/// <summary>Equality by content for the lists inside records; an <see cref="ImmutableArray{T}"/> itself compares by reference.</summary>
internal static class ImmutableArrayEquality
{
    public static bool SameItems<T>(this ImmutableArray<T> left, ImmutableArray<T> right)
        where T : IEquatable<T> => left.AsSpan().SequenceEqual(right.AsSpan());

    public static int ItemsHash<T>(this ImmutableArray<T> items)
    {
        var hash = new HashCode();
        foreach (var item in items.AsSpan())
            hash.Add(item);

        return hash.ToHashCode();
    }
}
