"""The weights were written by torch.save, under another name.

loses: q6
hint: safetensors.torch.save_file
"""
