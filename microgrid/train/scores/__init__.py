"""How right a model is: metrics, samples that are held out, and scores after training."""
