// SPDX-License-Identifier: Apache-2.0
//
// Which edit of a list brought what a contact is about (rules.md R21). An edit is whatever one reading of a list found
// to be listed that no list named before; the first reading of a list is one too.
using Weir.Contracts.Flows;
using Weir.Desk.Cases.Records;

namespace Weir.Desk.Cases.Braking;

/// <summary>Knows edits.</summary>
public interface IListEdits
{
    /// <summary>The edit that first listed a far end as lists stand; <see cref="ListEdit.Confirmed"/> or
    /// <see cref="ListEdit.Unlisted"/> where there is none.</summary>
    int Of(in Endpoint endpoint);

    /// <summary>An edit by its number; null where nothing is left of it.</summary>
    ListEdit? Find(int number);
}

/// <summary>Where nobody keeps edits, nothing is new.</summary>
internal sealed class NoListEdits : IListEdits
{
    public static readonly NoListEdits Instance = new();

    public int Of(in Endpoint endpoint) => ListEdit.Confirmed;

    public ListEdit? Find(int number) => null;
}
