// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Complaints;

/// <summary>Complaints to case files: what is authenticated, attributed and narrow opens a scope; everything else is
/// recorded with why (rules.md R2, R13).</summary>
public sealed class ComplaintHandler(ComplaintIntake intake, CaseHandler desk) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Takes a file; when it returns, every complaint in it has its scope or its entry. A repeated one has
    /// had it before.</summary>
    /// <exception cref="Weir.Hosting.Auditing.AuditException">The audit cannot be written: what was not opened may
    /// be sent again.</exception>
    public async Task<ComplaintReceipt> ReceiveAsync(ComplaintFile file, CancellationToken cancel)
    {
        // One after the other: the same complaint by two ways opens one scope.
        await _one.WaitAsync(cancel);
        try
        {
            var receipt = await intake.ReceiveAsync(file, cancel);
            foreach (var outcome in receipt.Outcomes.Where(o => !o.IsRepeated))
            {
                if (await desk.HandleComplaintAsync(receipt, outcome, cancel) is not null)
                {
                    intake.Opened(receipt, outcome.Complaint!);
                }
            }

            return receipt;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
