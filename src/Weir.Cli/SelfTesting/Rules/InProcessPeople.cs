// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;
using Weir.Desk.Cases;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>The people of the examples, each with a key of their own: two of them sign what two have to.</summary>
internal sealed class InProcessPeople : IDisposable
{
    private readonly Dictionary<Actor, SshSigningKey> _keys = new()
    {
        [RulesTestHost.Ana] = new(), [RulesTestHost.Olaf] = new(), [RulesTestHost.Petra] = new(),
    };

    public CurrentPeople Current => field ??= new(new People(
        "selftest", _keys.Select(one => new Person(one.Key.Name, one.Key.Name, one.Key.Role, [one.Value.Public]))));

    /// <summary>The key of one of them.</summary>
    public SshSigningKey KeyOf(Actor person) => _keys[person];

    /// <summary>Signs what the vault drew up, one after the other.</summary>
    public async Task SignAsync(CaseHandler desk, ulong number, IEnumerable<Actor> who, CancellationToken cancel)
    {
        foreach (var person in who)
        {
            var standing = await desk.StandingAsync(number, cancel);
            var signature = _keys[person].Sign(standing.Texts[person.RoleWord], SignatureNamespace.Approval);
            _ = await desk.SignAsync(number, signature.ToString(), cancel);
        }
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }
}
