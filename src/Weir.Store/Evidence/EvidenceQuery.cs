// SPDX-License-Identifier: Apache-2.0
//
// A row filter as SQL. The scope is always named, the predicate narrows it, and what the filter does not allow is not
// selected: nothing above the store can widen what comes back (rules.md section 3). All values are numbers or octets in
// hexadecimal. The subject's own port is not a column (R6): it was decided when the row was written, and a filter can
// only carry the one of its scope's class.
using System.Collections.Immutable;
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Store.ClickHouse;

namespace Weir.Store.Evidence;

/// <summary>The clauses of a query for one filter.</summary>
internal static class EvidenceQuery
{
    /// <summary>The columns as <c>r_…</c>, so that none stands for the table's own in the condition; those that may not
    /// be read, and the half of a flow that is not meant, are zero.</summary>
    public static string Columns(RowFilter filter)
    {
        var fields = filter.Fields;
        return string.Join(
            ", ",
            Column("start", "Int64", fields, ScopeFields.Time),
            Column("end", "Int64", fields, ScopeFields.Time),
            $"{(fields.HasFlag(ScopeFields.RemoteAddress) ? "remote" : SqlText.Key(UInt128.Zero))} AS r_remote",
            Column("port", "UInt16", fields, ScopeFields.RemotePort),
            Column("protocol", "UInt8", fields, ScopeFields.Protocol),
            Halves(filter, "packets", "UInt64", ScopeFields.Packets),
            Halves(filter, "octets", "UInt64", ScopeFields.Octets),
            Halves(filter, "flags", "UInt8", ScopeFields.Flags),
            Column("sampling", "UInt32", fields, ScopeFields.Packets | ScopeFields.Octets));
    }

    /// <summary>Everything after WHERE.</summary>
    public static string Where(RowFilter filter)
    {
        var asked = filter.Predicate;
        List<string> all =
        [
            string.Create(CultureInfo.InvariantCulture, $"scope = {filter.Scope.Number}"),
            string.Create(CultureInfo.InvariantCulture, $"start >= {filter.FromMs} AND start < {filter.UntilMs}"),
            asked.Direction switch
            {
                Direction.Out => "packets_out > 0",
                Direction.In => "packets_in > 0",
                Direction.Both => "(packets_out > 0 OR packets_in > 0)",
                _ => "0",
            },
        ];
        if (filter.Bases.Count > 0)
        {
            // Rows of before there was a basis have none, and go by their scope alone until they are erased.
            all.Add($"basis IN ({string.Join(", ", filter.Bases.Append(ScopeBasis.None).Select(Number))})");
        }

        if (asked.Protocol != 0)
        {
            all.Add(string.Create(CultureInfo.InvariantCulture, $"protocol = {asked.Protocol}"));
        }

        Add(all, "port", asked.RemotePorts, port => port.ToString(CultureInfo.InvariantCulture));
        Add(all, "remote", asked.Remotes, SqlText.Key);
        return string.Join(" AND ", all);
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Add<T>(List<string> all, string column, ImmutableArray<T> values, Func<T, string> write)
    {
        if (!values.IsEmpty)
        {
            all.Add($"{column} IN ({string.Join(", ", values.Select(write))})");
        }
    }

    private static string Column(string name, string type, ScopeFields allowed, ScopeFields needed) =>
        $"{((allowed & needed) != 0 ? name : $"to{type}(0)")} AS r_{name}";

    /// <summary>Where the direction may not be read, both halves come as one.</summary>
    private static string Halves(RowFilter filter, string name, string type, ScopeFields needed)
    {
        var allowed = filter.Fields.HasFlag(needed);
        var (isOut, isIn) =
            ((filter.Predicate.Direction & Direction.Out) != 0, (filter.Predicate.Direction & Direction.In) != 0);
        if (allowed && !filter.Fields.HasFlag(ScopeFields.Direction) && isOut && isIn)
        {
            var joined = name == "flags" ? "bitOr(flags_out, flags_in)" : $"({name}_out + {name}_in)";
            return $"to{type}({joined}) AS r_{name}_out, to{type}(0) AS r_{name}_in";
        }

        return $"{(allowed && isOut ? $"{name}_out" : $"to{type}(0)")} AS r_{name}_out, "
            + $"{(allowed && isIn ? $"{name}_in" : $"to{type}(0)")} AS r_{name}_in";
    }
}
