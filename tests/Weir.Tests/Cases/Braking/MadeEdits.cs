// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Tests.Cases.Braking;

/// <summary>Edits of lists as a test says; what none names is older than all of them.</summary>
internal sealed class MadeEdits : IListEdits
{
    private readonly List<(Prefix What, ListEdit Edit)> _brought = [];
    private int _next = ListEdit.Unlisted + 1;

    /// <summary>An edit that brings these.</summary>
    public ListEdit Bring(DateTimeOffset at, params string[] what)
    {
        var edit = new ListEdit(_next++, "our-c2", at, what.Length, _brought.Count == 0);
        _brought.AddRange(what.Select(one => (Prefix.Parse(one), edit)));
        return edit;
    }

    /// <summary>Takes it off the lists.</summary>
    public void Forget(string what) => _brought.RemoveAll(one => one.What == Prefix.Parse(what));

    public int Of(in Endpoint endpoint)
    {
        var address = endpoint.Address;
        return _brought.Where(one => one.What.Contains(address)).Select(one => one.Edit.Number)
            .DefaultIfEmpty(ListEdit.Confirmed).Min();
    }

    public ListEdit? Find(int number) => _brought.Select(one => one.Edit).FirstOrDefault(edit => edit.Number == number);
}
