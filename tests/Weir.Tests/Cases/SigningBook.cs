// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Cases;

/// <summary>The vault's requests, drawn up and kept without a vault.</summary>
internal sealed class SigningBook(string instance, TimeProvider time) : IApprovalBook
{
    private readonly Dictionary<string, (ApprovalRequest Request, List<ApprovalSignature> Signatures)> _known = [];

    /// <summary>Somebody signs all that waits.</summary>
    public void Sign(SigningPerson person)
    {
        foreach (var (request, signatures) in _known.Values)
        {
            signatures.Add(person.Sign(request));
        }
    }

    public Task<ApprovalStanding> OpenAsync(ApprovalWish wish, CancellationToken cancel)
    {
        var now = ApprovalRequest.WholeSeconds(time.GetUtcNow());
        _known[wish.Leave] = (new()
        {
            Instance = instance, Act = wish.Act, Number = ApprovalRequest.CreateNumber(),
            Case = wish.Case == default(CaseId) ? "" : wish.Case.ToString(), Target = wish.Target, Reason = wish.Reason,
            NotBefore = now, Expires = now + ApprovalRequest.Longest,
        }, []);
        return FindAsync(wish.Leave, cancel);
    }

    public Task<ApprovalStanding> FindAsync(string leave, CancellationToken cancel) => Task.FromResult(
        new ApprovalStanding(new Dictionary<string, string>(), _known[leave].Signatures, []));

    public Task<ApprovalStanding> SignAsync(string leave, string signature, CancellationToken cancel) =>
        throw new NotSupportedException("people sign by Sign");
}
