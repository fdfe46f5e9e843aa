// SPDX-License-Identifier: Apache-2.0
//
// The vault asks nobody: the desk asks it for news of customers, again and again. First what they did, then how the
// cases stand that they look at, so that who has just said something sees that it was heard.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Customers;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Customers;

/// <summary>Takes news until it is stopped.</summary>
internal sealed class CustomerRounds(
    ICustomerPages pages, CustomerActHandler acts, CustomerCaseReader cases, TimeProvider time,
    ILogger<CustomerRounds> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private string _fault = "";

    /// <summary>Why news is not taken now; empty while it is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>One question, and all that comes of it.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var news = await pages.WaitAsync(cancel);
        List<string> taken = [];
        foreach (var act in news.Acts)
        {
            if (await acts.HandleAsync(act, cancel) is { } id)
            {
                taken.Add(id);
            }
        }

        if (taken.Count > 0)
        {
            await pages.TakenAsync(taken, cancel);
        }

        foreach (var id in news.Wanted)
        {
            if (await cases.ReadAsync(id, cancel) is { } shown)
            {
                await pages.ShowAsync(shown, cancel);
            }
        }

        if (taken.Count < news.Acts.Count)
        {
            // What is not believed stays with who signed it, and is not asked for at once again.
            await Task.Delay(Pause, time, cancel);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                Volatile.Write(ref _fault, "");
            }
            catch (Exception fault) when (fault is VaultDownException or VaultRefusedException or AuditException
                or RecordsException or System.Data.Common.DbException)
            {
                if (Fault != fault.Message)
                {
                    log.NewsFailed(fault.Message);
                }

                Volatile.Write(ref _fault, fault.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever the vault says ends nothing here.
                if (Fault != fault.Message)
                {
                    log.NewsNotHandled(fault);
                }

                Volatile.Write(ref _fault, fault.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }
}
