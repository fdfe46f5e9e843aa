// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases;

namespace Weir.Tests.Cases;

/// <summary>What store and vault would say of a silence.</summary>
internal sealed class FakeRemediationJudge : IRemediationJudge
{
    /// <summary>Why it cannot be told; empty where it can.</summary>
    public List<RemediationDoubt> Doubts { get; } = [];

    public List<RemediationSilence> Asked { get; } = [];

    public Task<RemediationVerdict> JudgeAsync(RemediationSilence silence, CancellationToken cancel)
    {
        Asked.Add(silence);
        return Task.FromResult(new RemediationVerdict(silence.Since, silence.Until, [.. Doubts]));
    }
}
